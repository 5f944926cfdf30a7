/** English: recordings. */
export const recordings = {
  titles: { voice: "Voice message", video: "Video message" },
  record: { voice: "Record a voice message", video: "Record a video message" },
  recording: { voice: "Recording a voice message", video: "Recording a video message" },
  recorded: { voice: "Recorded voice message", video: "Recorded video message" },
  asking: {
    voice: "Waiting for the microphone. The browser may ask you to allow it.",
    video: "Waiting for the camera and microphone. The browser may ask you to allow them.",
  },
  yourPicture: "Your camera's picture",
  loudness: "Loudness",
  pause: "Pause recording",
  resume: "Go on recording",
  stop: "Stop and listen",
  send: "Send",
  sending: "Sending…",
  sendingPercent: (percent: string) => `Sending, ${percent}`,
  discard: "Discard the recording",
  discardTitle: "Discard the recording?",
  discardDescription: (length: string) => `What you recorded (${length}) will be gone.`,
  discardAction: "Discard",
  slideToCancel: "Slide to cancel",
  slideToLock: "Slide up to let go",
  tooShort: "Hold the button to record and let go to send, or tap it once.",
  nowRecording: "Recording.",
  nowPaused: "Paused.",
  nowReady: (length: string) => `Recorded: ${length}. Not sent yet.`,
  ending: {
    left: "You left the chat, so the recording ended here. Send it or discard it.",
    hidden: "The page was out of sight, so the recording ended here. Send it or discard it.",
    longest: "That is as long as a recording can be. Send it or discard it.",
    device: "The microphone or camera was gone, so the recording ended here. Send it or discard it.",
  },
  problem: {
    voice: {
      refused:
        "Tacit may not use the microphone. Allow it for this site in the browser, at the address above, then try again.",
      no_device: "No microphone was found. Connect one, then try again.",
      in_use:
        "The microphone cannot be used now: another program may have it. Close that one, then try again.",
      insecure:
        "The browser gives no microphone to pages that did not come over https. Open Tacit over https.",
      unsupported:
        "This browser cannot record sound. Update it or use another one; a file can be sent instead.",
      failed: "The recording could not begin. Try again.",
      nothing: "Nothing was recorded. Try again.",
    },
    video: {
      refused:
        "Tacit may not use the camera and microphone. Allow both for this site in the browser, at the address above, then try again.",
      no_device:
        "No camera or no microphone was found. Connect one, then try again, or record your voice alone.",
      in_use: "The camera cannot be used now: another program may have it. Close that one, then try again.",
      insecure: "The browser gives no camera to pages that did not come over https. Open Tacit over https.",
      unsupported:
        "This browser cannot record video. Update it or use another one; a file can be sent instead.",
      failed: "The recording could not begin. Try again.",
      nothing: "Nothing was recorded. Try again.",
    },
  },
  play: { voice: "Play voice message", video: "Play video message" },
  pausePlaying: { voice: "Pause voice message", video: "Pause video message" },
  cancelLoading: "Stop fetching the recording",
  position: "Position",
  positionText: (at: string, of: string) => `${at} of ${of}`,
  speed: (speed: string) => `Speed: ${speed}×`,
  speedShort: (speed: string) => `${speed}×`,
  nowPlaying: "Now playing",
  goTo: (sender: string) => `Go to the message of ${sender}`,
  stopPlaying: "Stop playing",
  missing: "The recording of this message is missing.",
  unplayable: "This browser cannot play the recording. Save it and open it with another program.",
  notSentYet: "This device has no copy of it to play. It can be played once it is sent.",
  saveFile: "Save the file",
};

"""Makes the vectors for the formats that crypto.json does not cover: account-bundle.json, recovery.json,
message-signature.json and vault.json. Shares no code with the SDK, so that both cannot be wrong in the same way.

Run, from anywhere (Python 3.9 or newer):

    python3 -m venv /tmp/vectors && /tmp/vectors/bin/pip install cryptography==50.0.2 mnemonic==0.21 rfc8785==0.1.4
    /tmp/vectors/bin/python vectors/make_vectors.py

Every run gives the same octets: what would be random is SHA-512 of its name.
"""

import base64
import hashlib
import json
import pathlib
import struct
import uuid

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from mnemonic import Mnemonic

HERE = pathlib.Path(__file__).parent


def octets(name, length):
    return hashlib.sha512(b"tacit vectors: " + name.encode()).digest()[:length]


def b64(data):
    return base64.b64encode(data).decode()


def b64url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def hkdf(secret, info):
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info.encode()).derive(secret)


def seal(key, name, plaintext):
    nonce = octets(name + " nonce", 12)
    return nonce + ChaCha20Poly1305(key).encrypt(nonce, plaintext, None)


def raw(public_key):
    return public_key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def account_bundle():
    cases = []
    for name, versions in (("fresh", []), ("rotated once", [1]), ("rotated often", [7, 4, 2])):
        bundle = {
            "v": 2,
            "x25519": b64(octets(name + " x25519", 32)),
            "ed25519": b64(octets(name + " ed25519", 32)),
            "backup": b64(octets(name + " backup", 32)),
            "old": [
                {"key_version": version, "x25519": b64(octets(f"{name} x25519 {version}", 32))}
                for version in versions
            ],
        }
        master_key, recovery_key = octets(name + " master", 32), octets(name + " recovery", 32)
        cases.append(
            {
                "why": name,
                "master_key": b64(master_key),
                "recovery_key": b64(recovery_key),
                "bundle": bundle,
                "public_key": b64(raw(X25519PrivateKey.from_private_bytes(octets(name + " x25519", 32)).public_key())),
                "identity_key": b64(
                    raw(Ed25519PrivateKey.from_private_bytes(octets(name + " ed25519", 32)).public_key())
                ),
                "pkebymk": b64(seal(master_key, name + " pkebymk", compact(bundle).encode())),
                "pkebyrk": b64(seal(recovery_key, name + " pkebyrk", compact(bundle).encode())),
            }
        )
    return {"account_bundle": cases, "account_bundle_invalid": invalid_bundles(cases[1]["bundle"])}


def invalid_bundles(good):
    old = good["old"][0]
    texts = {
        "a later version": compact({**good, "v": 3, "extra": 1}),
        "an earlier version": compact({**good, "v": 1}),
        "version as text": compact({**good, "v": "2"}),
        "no private key": compact({name: value for name, value in good.items() if name != "x25519"}),
        "no list of old keys": compact({name: value for name, value in good.items() if name != "old"}),
        "identity seed of 31 octets": compact({**good, "ed25519": b64(octets("short", 31))}),
        "backup key of 33 octets": compact({**good, "backup": b64(octets("long", 33))}),
        "base64 without padding": compact({**good, "x25519": good["x25519"].rstrip("=")}),
        "base64 with trailing bits": compact({**good, "x25519": b64(bytes(32))[:-2] + "B="}),
        "base64url": compact({**good, "x25519": base64.urlsafe_b64encode(b"\xff" * 32).decode()}),
        "key version below zero": compact({**good, "old": [{**old, "key_version": -1}]}),
        "key version over 32 bits": compact({**good, "old": [{**old, "key_version": 2**32}]}),
        "key version as text": compact({**good, "old": [{**old, "key_version": "1"}]}),
        "the same key version twice": compact({**good, "old": [old, old]}),
        "old key of 31 octets": compact({**good, "old": [{**old, "x25519": b64(octets("short", 31))}]}),
        "a field of no known meaning": compact({**good, "extra": 1}),
        "no JSON": compact(good)[:-1],
        "an old account's private key": good["x25519"],
        "JSON null": "null",
        "no UTF-8": b'{"v":2,"x25519":"\xff"}',
    }
    key = octets("invalid bundles", 32)
    return [
        {
            "why": why,
            "code": refusal(why),
            "master_key": b64(key),
            "pkebymk": b64(seal(key, why, text if isinstance(text, bytes) else text.encode())),
        }
        for why, text in texts.items()
    ]


def refusal(why):
    return "unsupported_version" if why == "a later version" else "malformed"


def recovery():
    bip39 = Mnemonic("english")
    entropies = [bytes(16), b"\xff" * 16, b"\x7f" * 16, b"\x80" * 16] + [octets(f"entropy {n}", 16) for n in range(4)]
    words = bip39.to_mnemonic(entropies[4])
    cases = [
        {
            "entropy": b64(entropy),
            "words": bip39.to_mnemonic(entropy),
            "sealing_key": b64(hkdf(entropy, "tacit/v2/recovery")),
            "recovery_auth": b64url(hkdf(entropy, "tacit/v2/recovery-auth")),
        }
        for entropy in entropies
    ]
    first, second, *rest = words.split(" ")
    longer = bip39.to_mnemonic(octets("long entropy", 32))
    return {
        "recovery": cases,
        "recovery_typed": [
            {"why": why, "typed": typed, "entropy": b64(entropies[4])}
            for why, typed in {
                "capitals": words.upper(),
                "spaces and lines": "  " + words.replace(" ", " \n\t\u00a0 ") + " ",
                "commas and a full stop": words.replace(" ", ", ") + ".",
                "a numbered list": "\n".join(f"{n}. {word}" for n, word in enumerate(words.split(" "), 1)),
                "full-width letters": "".join(chr(ord(c) + 0xFEE0) if c.isalpha() else c for c in words),
                "soft hyphens": words.replace(first, first[:2] + "\u00ad" + first[2:], 1),
            }.items()
        ],
        "recovery_invalid": [
            {"why": "nothing", "words": "", "code": "recovery_word_count"},
            {"why": "eleven words", "words": " ".join([second, *rest]), "code": "recovery_word_count"},
            {"why": "24 words", "words": longer, "code": "recovery_word_count"},
            {"why": "no word of the list", "words": " ".join(["tacitly", second, *rest]), "code": "recovery_word_unknown"},
            {"why": "two words exchanged", "words": " ".join([second, first, *rest]), "code": "recovery_checksum"},
            {"why": "checksum", "words": " ".join(["abandon"] * 12), "code": "recovery_checksum"},
        ],
    }


def signed_octets(message):
    content = rfc8785.dumps([message[name] for name in ("message_type", "ciphertext", "nonce", "metadata")])
    return (
        b"tacit/v2/msg\0"
        + struct.pack(">QQ", message["chat_id"], message["sender_id"])
        + uuid.UUID(message["client_message_id"]).bytes
        + struct.pack(">IQ", message["rev"], message["reply_to_message_id"] or 0)
        + hashlib.sha256(content).digest()
    )


def message_signature():
    plain = {
        "chat_id": 12,
        "sender_id": 1001,
        "client_message_id": "0b5c6a3e-8f2d-4c1a-9e77-3d2f10a4b6c8",
        "rev": 0,
        "reply_to_message_id": None,
        "message_type": "text",
        "ciphertext": b64(octets("ciphertext", 21)),
        "nonce": b64(octets("nonce", 12)),
        "metadata": None,
    }
    file = {
        "size": 2500,
        "mimetype": "image/webp",
        "filename": 'Sommer\u20ac "1"\n\u0001\U0001f30d.webp',
        "file_id": 77,
        "nonce": None,
        "duration": 1.5,
        "ratio": 1e-7,
        "\u20ac": 1e21,
        "\r": [{}, [], True, False, 0],
        "\U0001f600": "sorts by UTF-16, before \ufb33",
        "\ufb33": "\u0080",
    }
    messages = {
        "a first text": plain,
        "an answer, edited": {**plain, "rev": 3, "reply_to_message_id": 991},
        "no files, said by an empty list": {**plain, "metadata": []},
        "files whose fields are in no order": {**plain, "message_type": "image", "metadata": [file, {**file, "file_id": 78}]},
        "the largest numbers": {
            **plain,
            "chat_id": 2**53 - 1,
            "sender_id": 2**53 - 1,
            "reply_to_message_id": 2**53 - 1,
            "rev": 2**32 - 1,
            "client_message_id": "ffffffff-ffff-4fff-bfff-ffffffffffff",
        },
        "a UUID in capitals": {**plain, "client_message_id": plain["client_message_id"].upper()},
    }
    key = Ed25519PrivateKey.from_private_bytes(octets("sender", 32))
    return {
        "message_signature": [
            {
                "why": why,
                "identity_seed": b64(octets("sender", 32)),
                "identity_key": b64(raw(key.public_key())),
                **message,
                "signed": b64(signed_octets(message)),
                "sig": b64(key.sign(signed_octets(message))),
            }
            for why, message in messages.items()
        ]
    }


def vault():
    backup = octets("vault backup", 32)
    key = hkdf(backup, "tacit/v2/vault")
    identity = b64(octets("contact", 32))
    good = {
        "v": 1,
        "pins": {"1001": {"identity_key": identity, "key_version": 3}},
        "verified": {"1001": {"identity_key": identity, "verified_at": "2026-01-31T12:00:00.000Z"}},
        "settings": {"theme": "dark", "read_receipts": True},
    }
    contents = {
        "empty": {"v": 1, "pins": {}, "verified": {}, "settings": {}},
        "a pin, a verified contact and settings": good,
        "fields of a later release": {
            **good,
            "pins": {"1001": {**good["pins"]["1001"], "colour": "blue"}},
            "later": {"anything": [1, None]},
        },
    }
    invalid = {
        "a later version": {**good, "v": 2},
        "an earlier version": {**good, "v": 0},
        "no pins": {name: value for name, value in good.items() if name != "pins"},
        "pins as a list": {**good, "pins": []},
        "pin of nobody": {**good, "pins": {"alice": good["pins"]["1001"]}},
        "pin of 31 octets": {**good, "pins": {"1001": {"identity_key": b64(octets("x", 31)), "key_version": 1}}},
        "key version over 32 bits": {**good, "pins": {"1001": {"identity_key": identity, "key_version": 2**32}}},
        "verified at no time": {**good, "verified": {"1001": {"identity_key": identity, "verified_at": "yesterday"}}},
        "settings as text": {**good, "settings": "dark"},
    }

    def case(why, value):
        return {"why": why, "backup": b64(backup), "blob": b64(seal(key, "vault " + why, compact(value).encode()))}

    return {
        "vault_key": [{"backup": b64(backup), "key": b64(key)}],
        "vault": [{**case(why, value), "contents": value} for why, value in contents.items()],
        "vault_invalid": [{**case(why, value), "code": refusal(why)} for why, value in invalid.items()],
    }


def write(name, vectors):
    text = json.dumps(vectors, indent=2, ensure_ascii=True)
    (HERE / name).write_text(text + "\n", encoding="utf-8")


write("account-bundle.json", account_bundle())
write("recovery.json", recovery())
write("message-signature.json", message_signature())
write("vault.json", vault())

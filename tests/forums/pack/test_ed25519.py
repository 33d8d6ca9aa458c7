"""Signatures checked in plain Python: the vectors of RFC 8032, section 7.1, and what must not pass."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from forums.packs.verifier.ed25519 import ORDER, decoded, encoded, is_signed

SHA_ABC = (
    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac9"
    "4fa54ca49f"
)
VECTORS = [
    ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe246551"
     "41438e7a100b"),
    ("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d"
     "291612bb0c00"),
    ("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027"
     "beceea1ec40a"),
    ("ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf", SHA_ABC,
     "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9be"
     "f1177331a704"),
]  # fmt: skip
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()


@pytest.mark.parametrize(("key", "message", "signature"), VECTORS)
def test_the_vectors_of_the_rfc_hold_and_nothing_near_them(key, message, signature):
    key, message, signature = map(bytes.fromhex, (key, message, signature))
    assert is_signed(key, message, signature)
    assert not is_signed(key, message + b"\0", signature)
    assert not is_signed(PUBLIC, message, signature)
    for place in (0, 31, 32, 63):
        assert not is_signed(key, message, signature[:place] + bytes([signature[place] ^ 1]) + signature[place + 1 :])


@given(st.binary(max_size=200))
def test_what_another_implementation_signs_holds(message):
    assert is_signed(PUBLIC, message, KEY.sign(message))


def test_a_scalar_past_the_order_is_refused():
    signature = KEY.sign(b"once")
    scalar = int.from_bytes(signature[32:], "little") + ORDER
    assert not is_signed(PUBLIC, b"once", signature[:32] + scalar.to_bytes(32, "little"))


@pytest.mark.parametrize("malformed", [b"", b"\0" * 31, b"\0" * 65])
def test_what_is_no_signature_is_refused(malformed):
    assert not is_signed(PUBLIC, b"", malformed)
    assert not is_signed(malformed, b"", KEY.sign(b""))


def test_a_point_is_encoded_in_one_way():
    assert encoded(decoded(PUBLIC)) == PUBLIC
    assert decoded((2**255 - 19).to_bytes(32, "little")) is None

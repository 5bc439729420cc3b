"""The product, without the web: `docs/design.md` draws its rooms and says which may import which."""

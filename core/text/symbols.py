"""What TeX's commands stand for: letters, signs, accents, alphabets, raised and lowered characters. Tables alone."""

from typing import Final


def _tex_names(tex_table: str) -> list[str]:
    return tex_table.replace("\\", "").split()


def _symbol_pairs(tex_table: str) -> dict[str, str]:
    """A table of commands and what each stands for, by the names of the commands."""
    names_and_signs = _tex_names(tex_table)
    return dict(zip(names_and_signs[::2], names_and_signs[1::2], strict=True))


def _command_names(tex_table: str) -> frozenset[str]:
    return frozenset(_tex_names(tex_table))


_GREEK_COMMANDS: Final = r"""
\alpha \beta \gamma \delta \epsilon \varepsilon \zeta \eta \theta \vartheta \iota \kappa \lambda \mu \nu \xi \pi
\rho \sigma \tau \upsilon \phi \varphi \chi \psi \omega \Gamma \Delta \Theta \Lambda \Xi \Pi \Sigma \Upsilon \Phi
\Psi \Omega
"""
GREEK_LETTERS: Final = dict(zip(_tex_names(_GREEK_COMMANDS), "αβγδϵεζηθϑικλμνξπρστυϕφχψωΓΔΘΛΞΠΣΥΦΨΩ", strict=True))
"""Greek letters by their TeX names."""

TEX_LETTERS: Final = {
    "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "aa": "å", "AA": "Å",
    "i": "ı", "j": "ȷ", "dh": "ð", "DH": "Ð", "dj": "đ", "DJ": "Đ", "th": "þ", "TH": "Þ", "ng": "ŋ", "NG": "Ŋ",
}  # fmt: skip
"""Letters outside maths; they swallow the blank behind them."""


TEX_RELATIONS: Final = _symbol_pairs(r"""
\leq ≤ \le ≤ \leqslant ⩽ \geq ≥ \ge ≥ \geqslant ⩾ \neq ≠ \ne ≠ \ll ≪ \gg ≫ \approx ≈ \sim ∼ \thicksim ∼ \simeq ≃
\cong ≅ \equiv ≡ \propto ∝ \asymp ≍ \lesssim ≲ \gtrsim ≳ \prec ≺ \succ ≻ \preceq ⪯ \succeq ⪰ \in ∈ \notin ∉ \ni ∋
\subset ⊂ \subseteq ⊆ \supset ⊃ \supseteq ⊇ \to → \rightarrow → \longrightarrow ⟶ \leftarrow ← \gets ←
\leftrightarrow ↔ \Rightarrow ⇒ \Leftarrow ⇐ \Leftrightarrow ⇔ \iff ⇔ \implies ⇒ \mapsto ↦ \longmapsto ⟼
\hookrightarrow ↪ \nrightarrow ↛ \perp ⊥ \parallel ∥ \mid ∣ \vdash ⊢ \models ⊨ \rightharpoonup ⇀
\rightleftharpoons ⇌ \rightsquigarrow ⇝ \coloneqq ≔ \triangleq ≜ \doteq ≐ \nleq ≰ \ngeq ≱ \lessapprox ⪅ \gtrapprox ⪆
\leadsto ⇝
""")
"""Signs between two things: a blank stands on both sides."""
TEX_OPERATIONS: Final = _symbol_pairs(r"""
\times × \cdot · \div ÷ \pm ± \mp ∓ \cup ∪ \cap ∩ \setminus ∖ \wedge ∧ \vee ∨ \land ∧ \lor ∨ \oplus ⊕ \otimes ⊗
\boxtimes ⊠ \rtimes ⋊ \ltimes ⋉ \ast ∗ \star ⋆ \bullet • \odot ⊙ \sqcup ⊔ \bigtriangleup △ \amalg ⨿ \circ ∘
""")
_TEX_BACKSLASHES: Final = {"backslash": "\\", "textbackslash": "\\"}
TEX_SIGNS: Final = (
    GREEK_LETTERS
    | _TEX_BACKSLASHES
    | _symbol_pairs(r"""
\infty ∞ \partial ∂ \nabla ∇ \forall ∀ \exists ∃ \nexists ∄ \emptyset ∅ \varnothing ∅ \ell ℓ \hbar ℏ \Re ℜ \Im ℑ
\aleph ℵ \wp ℘ \imath ı \jmath ȷ \sum ∑ \prod ∏ \coprod ∐ \int ∫ \iint ∬ \oint ∮ \bigcup ⋃ \bigcap ⋂ \bigoplus ⨁
\bigotimes ⨂ \bigwedge ⋀ \bigvee ⋁ \surd √ \langle ⟨ \rangle ⟩ \lfloor ⌊ \rfloor ⌋ \lceil ⌈ \rceil ⌉ \lbrace {
\rbrace } \lvert | \rvert | \vert | \lVert ‖ \rVert ‖ \Vert ‖ \dagger † \dag † \ddagger ‡ \prime ′ \top ⊤ \bot ⊥
\angle ∠ \triangle △ \square □ \Box □ \lozenge ◊ \diamond ⋄ \blacksquare ■ \checkmark ✓ \uparrow ↑ \downarrow ↓
\updownarrow ↕ \nearrow ↗ \searrow ↘ \ldots … \dots … \cdots ⋯ \vdots ⋮ \dotsc … \dotsb ⋯ \colon : \sharp ♯ \flat ♭
\neg ¬ \lnot ¬ \degree ° \AA Å \S § \P ¶ \pounds £ \euro € \copyright © \varkappa ϰ \varpi ϖ \varrho ϱ \varsigma ς
\digamma ϝ \complement ∁ \because ∵ \therefore ∴ \Mho ℧ \ohm Ω \aa å \ae æ \o ø \O Ø
\l ł \L Ł \ss ß \heartsuit ♡ \DH Ð
""")
)
"""Everything else that a command of maths stands for by itself."""
TEX_PROSE: Final = {
    "textregistered": "®", "texttrademark": "™", "textdegree": "°", "textellipsis": "…", "LaTeX": "LaTeX", "TeX": "TeX",
    "textendash": "–", "textemdash": "—", "textquoteright": "’", "textquoteleft": "‘", "textbar": "|", "textless": "<",
    "textgreater": ">", "textasciitilde": "~", "textasciicircum": "^", "textunderscore": "_", "textbullet": "•",
    "item": "•", "quad": " ", "qquad": " ", "xspace": "", "noindent": "", "newline": " ", "linebreak": " ", "par": " ",
    "smallskip": " ", "medskip": " ", "bigskip": " ", "eg": "e.g.", "ie": "i.e.", "etal": "et al.", "maketitle": "",
    "centering": "", "protect": "", "null": "", "relax": "", "faGithub": "", "slash": "/", "sqrt": "√", "deg": "°",
}  # fmt: skip
"""What stands outside maths only."""
TEX_FUNCTIONS: Final = _command_names(r"""
\log \ln \lg \exp \sin \cos \tan \cot \sec \csc \sinh \cosh \tanh \coth \arcsin \arccos \arctan \max \min \sup \inf
\lim \limsup \liminf \det \dim \ker \deg \gcd \hom \arg \argmax \argmin \Pr \mod \bmod \rank
""")
TEX_STYLES: Final = _command_names(r"""
\emph \textit \textbf \texttt \textsc \textrm \textsf \textsl \textup \textmd \textnormal \text \underline \uline
\mbox \hbox \fbox \mathrm \mathbf \mathit \mathsf \mathtt \mathnormal \url \path \enquote \boldsymbol \bm \pmb
\operatorname \mathop \mathrel \mathbin \mathord \ensuremath \overbrace \underbrace \textmath \bold \centerline
\boxed \smash \nolinkurl \hl \ul \st \uwave \sout \bf \it \tt \sc \rm \sf \sl \em \bfseries \itshape \ttfamily
\scshape \sffamily \rmfamily \upshape \normalfont \large \Large \small \footnotesize \displaystyle \textstyle
\scriptstyle
""")
"""Commands that change how their argument, or the rest of their group, looks."""
TEX_DECLARATIONS: Final = _command_names(r"""
\bf \it \tt \sc \rm \sf \sl \em \bfseries \itshape \ttfamily \scshape \sffamily \rmfamily \upshape \normalfont
\large \Large \small \footnotesize \displaystyle \textstyle \scriptstyle \limits \nolimits \nonumber \mathstrut
\xspace \left \right \middle \big \Big \bigg \Bigg \bigl \bigr \Bigl \Bigr \biggl \biggr \Biggl \Biggr \bigm
""")
"""Commands of maths that take no argument and show nothing."""
COMBINING_ACCENTS: Final = {
    "'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304", ".": "\u0307",
    "u": "\u0306", "v": "\u030c", "H": "\u030b", "c": "\u0327", "d": "\u0323", "b": "\u0331", "k": "\u0328",
    "r": "\u030a",
}  # fmt: skip
"""Accents outside maths."""
MATHS_ACCENTS: Final = {
    "hat": "\u0302", "widehat": "\u0302", "tilde": "\u0303", "widetilde": "\u0303", "bar": "\u0304", "dot": "\u0307",
    "ddot": "\u0308", "check": "\u030c", "breve": "\u0306", "acute": "\u0301", "grave": "\u0300", "mathring": "\u030a",
    "overline": "\u0305", "underline": "\u0332", "vec": "\u20d7", "not": "\u0338",
}  # fmt: skip
TEX_ALPHABETS: Final = {
    "mathbb": "DOUBLE-STRUCK", "mathds": "DOUBLE-STRUCK", "Bbb": "DOUBLE-STRUCK", "mathcal": "SCRIPT", "cal": "SCRIPT",
    "mathscr": "SCRIPT", "mathfrak": "FRAKTUR", "frak": "FRAKTUR",
}  # fmt: skip
"""By the names that Unicode has for their letters."""
_RAISED_CHARACTERS: Final = (
    "0123456789+-−=().,abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWβγδθφχ",
    "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾·,ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵝᵞᵟᶿᵠᵡ",
)
_LOWERED_CHARACTERS: Final = ("0123456789+-−=().,aehijklmnoprstuvxβγρφχ", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎.,ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ")
UNICODE_SCRIPTS: Final = {
    "^": dict(zip(*_RAISED_CHARACTERS, strict=True)), "_": dict(zip(*_LOWERED_CHARACTERS, strict=True)),
}  # fmt: skip
READABLE_SCRIPTS: Final = {
    "^": {"∘": "°", "′": "′", "*": "*", "∗": "*", "†": "†", "‡": "‡", "⋆": "⋆", "⊤": "ᵀ", "°": "°", "\\prime": "′"},
    "_": {"⊙": "⊙", "⊕": "⊕"},
}
"""Scripts of one sign that is read as well on the line: ``90^\\circ``, ``M_\\odot``."""
SI_UNITS: Final = _symbol_pairs(r"""
\percent % \kelvin K \celsius ℃ \degreeCelsius ℃ \degree ° \meter m \metre m \second s \gram g \hertz Hz \watt W
\joule J \volt V \ampere A \ohm Ω \pascal Pa \newton N \tesla T \coulomb C \farad F \henry H \mole mol \bit bit
\byte B \electronvolt eV \eV eV \hour h \minute min \day d \micro µ \milli m \kilo k \mega M \giga G \tera T \nano n
\pico p \femto f \centi c \deci d \squared ² \cubed ³ \per / \parsec pc
""")
"""Of siunitx."""

TEX_SPACES: Final = frozenset(("\\,", "\\;", "\\:", "\\>", "\\ ", "~", "\\quad", "\\qquad", "\\\\", "\\hspace", "\n"))
INVISIBLE_TEX: Final = frozenset(("\\!", "\\/", "\\-", "&", "\\nobreak"))
TEX_ESCAPES: Final = {"\\{": "{", "\\}": "}", "\\%": "%", "\\_": "_", "\\#": "#", "\\&": "&", "\\$": "$", "\\|": "‖"}

"""Full texts for summaries, from arXiv, and what is left of them."""

from core.errors import Missing, Throttled, UpstreamError
from tests.support.fulltexts import PDF_LINES
from tests.support.llm_actions import Fail, Hang, Say, good
from tests.support.scripted_llm import ScriptedLLM
from tests.support.small_pdf import make_pdf
from tests.support.summarized import made, scripted, store
from tests.support.summarizing import ARTICLE, Later, Shelf, configure, papers, run

__all__ = ["store"]


async def test_calls_overlap_with_reading(store):
    """
    Papers are read one after the other while several are with the model.
    """
    async with ScriptedLLM(lambda call: Say(good(call).text, delay=3)) as llm:
        report = await run(store, llm, papers(4), Shelf(delay=0.02), max_workers=4)
        assert report.made == 4
        assert 2 <= llm.most_at_once <= 4


async def test_arxiv_asking_for_a_pause_ends_the_run(store):
    """
    Throttled by arXiv, what was read is summarized, nothing more is read, and nothing is held against the rest.
    """
    async with ScriptedLLM() as llm:
        shelf = Shelf({"/html/2613.00002v1": Throttled("429 from export.arxiv.org", 300)})
        report = await run(store, llm, papers(4), shelf)
        assert len(shelf.asked) == 2
        assert "pause" in report.paused
        assert (report.made + report.left, report.failed) == (4, ())
        assert (await run(store, llm, papers(4))).left == 0


async def test_arxiv_s_troubles_are_retried_and_settled(store):
    """
    A paper that could not be read is tried in later refreshes, and the third time its abstract does.
    """
    async with ScriptedLLM() as llm:
        shelf = Shelf({f"/{form}/2613.00001v1": UpstreamError("502 from export.arxiv.org") for form in ("html", "pdf")})
        assert "could not read" in (await run(store, llm, papers(1), shelf)).failed[0].reason
        assert llm.calls == []
        await run(store, llm, papers(1), shelf, clock=Later(hours=1))
        assert (await run(store, llm, papers(1), shelf, clock=Later(hours=4))).made == 1
        (summary,) = (await made(store, configure(llm), 1)).values()
        assert summary.source == "abstract"


async def test_abstracts_need_no_arxiv(store):
    """
    ``input: abstract`` asks arXiv for nothing.
    """
    async with ScriptedLLM() as llm:
        shelf = Shelf()
        assert (await run(store, llm, papers(2), shelf, input="abstract")).made == 2
        assert shelf.asked == []


async def test_files_are_handed_over_and_deleted(store):
    """
    ``input: file`` uploads the PDF, names it in a system message of its own, and deletes it afterwards, come what may.
    """
    async with ScriptedLLM(scripted({"2": Fail(500), "3": Hang(30)})) as llm:
        pdf = make_pdf([PDF_LINES])
        shelf = Shelf({f"/pdf/2613.0000{n}v1": pdf for n in (1, 2, 3)})
        report = await run(store, llm, papers(4), shelf, input="file", timeout_seconds=1)
        assert report.made == 2
        assert shelf.asked == [f"/pdf/2613.0000{n}v1" for n in (1, 2, 3, 4)]
        assert sorted(llm.files) == sorted(llm.deleted) == ["file-1", "file-2", "file-3"]
        assert pdf in llm.files["file-1"]
        assert b"file-extract" in llm.files["file-1"]
        first = next(call for call in llm.calls if call.title.endswith("1"))
        assert [m["role"] for m in first.messages] == ["system", "system", "user"]
        assert first.messages[1]["content"].startswith("fileid://file-")
        assert "We quantize" not in first.text
        sources = {summary.source for summary in (await made(store, configure(llm, input="file"), 4)).values()}
        assert sources == {"pdf", "abstract"}


async def test_nothing_of_the_full_text_is_kept(store, tmp_path):
    """
    The store holds the summary and nothing of the paper's text.
    """
    document = ARTICLE.replace(b"invented cache", b"XYZZYPLUGH cache")
    async with ScriptedLLM() as llm:
        await run(store, llm, papers(1), Shelf({"/html/2613.00001v1": document}))
        assert "XYZZYPLUGH" in llm.calls[0].text
    for file in tmp_path.rglob("*"):
        assert file.is_dir() or b"XYZZYPLUGH" not in file.read_bytes()


async def test_a_paper_without_any_text_is_summarized_from_its_abstract(store):
    """
    The summary says what it was made from.
    """
    async with ScriptedLLM() as llm:
        shelf = Shelf({"/html/2613.00001v1": Missing("404")})
        await run(store, llm, papers(1), shelf)
        (summary,) = (await made(store, configure(llm), 1)).values()
        assert summary.source == "abstract"
        assert papers(1)[0].abstract.split()[0] in llm.calls[0].text

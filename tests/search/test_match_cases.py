"""What matches and what does not, case by case. Each case is checked on the index and on the simple matcher."""

import pytest

from core.errors import ParseError
from core.index.reader import BatchIndex
from core.index.writer import build_index
from core.language.term_parser import parse_term
from core.search.match import term_hits
from tests.support.matching import matches, paper

YES = [
    # plurals
    ("a plural is its singular", "LLM", "Serving LLMs at Scale"),
    ("and the other way round", "transformers", "A Transformer for Tides"),
    ("-es is a plural after a hiss", "batch", "Batches of Any Size"),
    ("boxes are boxes", "box", "Bounding Boxes Revisited"),
    ("a cache is not lost in caches", "cache", "Two Caches Are Better"),
    ("caches find a cache", "caches", "The Cache That Forgot"),
    ("-ies is -y", "strategy", "Five Strategies for Rain"),
    ("movies find a movie", "movies", "One Movie, Many Subtitles"),
    ("a loss has losses", "loss", "Losses We Have Loved"),
    ("a database is in databases", "database", "Vector Databases for Stamps"),
    ("a bias has biases", "bias", "Biases in Barometers"),
    ("an analysis has analyses", "analysis", "Two Analyses of One Wave"),
    ("matrices are of a matrix", "matrix", "Sparse Matrices by Hand"),
    ("GPUs are GPUs in small letters too", "gpus", "Training on a Single GPU"),
    ("a possessive is its word", "LLM", "An LLM's Memory of the Sea"),
    ("metrics are a plural", "metric", "Metrics for Music"),
    # case and acronyms
    ("case does not matter", "ATTENTION", "attention to detail"),
    ("nor in the text", "attention", "ATTENTION TO DETAIL"),
    ("small letters find an acronym", "rag", "RAG for Recipes"),
    ("an acronym finds its plural", "MoE", "MoEs Without Tears"),
    ("all capitals find mixed ones", "MOE", "A Mixture of Experts (MoE) for Bees"),
    ("an acronym in brackets is a word", "CoT", "chain of thought (CoT) prompting"),
    ("an acronym begins a compound", "RAG", "RAG-based Answers"),
    ("an acronym ends a compound", "LLM", "Multi-LLM Debates"),
    ("a slash parts words", "RL", "Planning/RL for Kites"),
    ("digits in an acronym leave case alone", "FP8", "training in fp8"),
    ("LoRA is LORA", "LoRA", "LORA Adapters for Whales"),
    # hyphen, space, joined
    ("a hyphen is a space", "fine-tuning", "On Fine Tuning a Piano"),
    ("a space is a hyphen", "fine tuning", "On Fine-Tuning a Piano"),
    ("a hyphen is nothing", "fine-tuning", "On Finetuning a Piano"),
    ("a space is nothing", "fine tuning", "On Finetuning a Piano"),
    ("nothing is a hyphen", "finetuning", "On Fine-Tuning a Piano"),
    ("nothing is a space", "finetuning", "On Fine Tuning a Piano"),
    ("KV-cache is KV cache", "KV-cache", "A KV Cache for Diaries"),
    ("kvcache is KV-cache", "kvcache", "A KV-Cache for Diaries"),
    ("KV cache is KVCache", "kv cache", "KVCache: A Diary"),
    ("U-Net is UNet", "U-Net", "UNet for Clouds"),
    ("UNet is U-Net", "unet", "A U-Net for Clouds"),
    ("k-means is kmeans", "k-means", "Faster Kmeans"),
    ("one letter and a hyphen", "xray", "An X-Ray of a Mummy"),
    ("data sets are datasets", "dataset", "Seven Data Sets of Snow"),
    ("multi-modal is multimodal", "multimodal", "Multi-Modal Maps"),
    ("pre-training is pretraining", "pretraining", "Pre-Training on Postcards"),
    ("long compounds are joined too", "endtoend", "End-to-End Beekeeping"),
    ("and parted", "end to end", "End-to-End Beekeeping"),
    ("and written with hyphens", "end-to-end", "Beekeeping End to End"),
    ("in-context is incontext", "incontext", "In-Context Gardening"),
    ("incontext is in-context", "in-context", "Incontext Gardening"),
    ("a joined word within a phrase", "in-context learning", "Incontext Learning of Knots"),
    ("a parted word within a phrase", "incontext learning", "In-Context Learning of Knots"),
    ("an en dash is a hyphen", "Kullback-Leibler", "The Kullback--Leibler Divergence of Soups"),
    ("an underscore is a hyphen", "kv cache", "the kv_cache flag"),
    ("GPT-4 is GPT4", "GPT-4", "GPT4 Plays Chess"),
    ("GPT4 is GPT-4", "GPT4", "GPT-4 Plays Chess"),
    ("GPT 4 is GPT-4", "GPT 4", "GPT-4 Plays Chess"),
    ("GPT4* begins GPT-4o", "GPT4*", "GPT-4o Plays Chess"),
    ("GPT4* begins GPT 4 as well", "GPT4*", "GPT 4 Plays Chess"),
    ("3D is 3-D", "3D", "3-D Printing of Bread"),
    ("a version has its dot", "Qwen2.5", "Qwen-2.5 Reads Menus"),
    # phrases
    ("a phrase stands together", "large language model", "Large Language Models for Gulls"),
    ("a phrase with little words", "mixture of experts", "A Mixture-of-Experts for Bees"),
    ("quotation marks do not part a phrase", "attention mechanism", "the ``attention'' mechanism"),
    ("a line break does not either", "language model", "a language\nmodel"),
    ("a phrase whose last word is plural", "neural network", "Neural Networks in Ink"),
    ("a phrase in the abstract", "kv cache", "A Diary||we compress the KV cache twice"),
    # prefixes
    ("a prefix finds what begins so", "quantiz*", "Quantized Harps"),
    ("a prefix finds the whole word", "cache*", "Cached Letters and a Cache"),
    ("a prefix finds an acronym", "llm*", "LLMOps for Lighthouses"),
    ("a prefix that ends before the e of a plural", "strategi*", "Strategies for Rain"),
    ("a prefix at the end of a phrase", "fine-tun*", "On Finetuned Pianos"),
    ("a prefix within a phrase", "quantiz* harp", "Quantized Harps"),
    # names and their versions
    ("a name has versions", "Qwen", "Qwen3 Reads Menus"),
    ("with a dot too", "Qwen", "Qwen2.5-VL Reads Menus"),
    ("a v is a version", "YOLO", "YOLOv8 on Trams"),
    ("of a name in capitals", "DINO", "DINOv2 and Moss"),
    ("in capitals and without a v", "SAM", "SAM2 Cuts Hedges"),
    ("in small letters", "llama", "LLaMA2-7B Shears Sheep"),
    ("with two digits", "ResNet", "A ResNet50 for Bees"),
    ("and a letter", "GPT", "GPT4o Plays Chess"),
    ("within a phrase", "sam segmentation", "SAM2 Segmentation of Hedges"),
    # short forms in brackets
    ("a bracketed short form takes no place", "key-value cache", "The Key-Value (KV) Cache"),
    ("it stands for the words before it", "KV cache", "The Key-Value (KV) Cache"),
    ("in the plural as well", "large language models agents", "Large Language Models (LLMs) Agents"),
    ("with a digit", "gaussian splatting scenes", "3D Gaussian Splatting (3DGS) scenes"),
    # British and American
    ("behaviour is behavior", "behavior", "The Behaviour of Gulls"),
    ("behavioural is behavioral", "behavioural", "Behavioral Studies of Gulls"),
    ("modelling is modeling", "modeling", "Modelling Clay"),
    ("optimise is optimize", "policy optimization", "Policy Optimisation for Ferries"),
    ("optimising is optimizing", "optimizing", "Optimising Ferries"),
    ("neighbours are neighbors", "nearest neighbor", "Nearest Neighbours of Moss"),
    ("generalise is generalize", "generalization", "Generalisation to Fog"),
    ("analyse is analyze", "analyzing", "Analysing Fog"),
    ("fibres are fibers", "fiber", "Optical Fibres"),
    ("a prefix of either kind", "optimis*", "Optimized Ferries"),
    ("an American prefix as well", "generaliz*", "Generalising to Fog"),
    ("a prefix in -our", "behaviou*", "Behavioral Studies"),
    # dots, signs, letters
    ("i.i.d. is IID", "IID", "Samples that are i.i.d. and few"),
    ("IID is i.i.d.", "i.i.d.", "Non-IID Clients"),
    ("U.S. is US", "US", "Roads of the U.S. Compared"),
    ("Ph.D. is PhD", "PhD", "Notes of a Ph.D. student"),
    ("infinity is part of its word", "H∞", "Robust $\\mathcal{H}_\\infty$ Control"),
    ("a starred name", '"A*"', "Faster A* Search"),
    ("starred in maths", '"A*"', "Faster A$^*$ Search"),
    ("a star with a name before", '"Sgr A*"', "The shadow of Sgr A* at night"),
    ("a sharp with its letter", "#P", "Counting is #P-hard"),
    ("functions are words", "log", "within $O(n \\log n)$ steps"),
    ("a letter index", "NOx", "Less NO$_x$ in Tunnels"),
    ("Lambda by letter", "ΛCDM", "$\\Lambda$CDM in a Teapot"),
    ("Lambda by name", "LambdaCDM", "ΛCDM in a Teapot"),
    ("Lambda apart", "Lambda CDM", "ΛCDM in a Teapot"),
    ("chemistry in text", "CO2", "Less CO\\textsubscript{2} in Cellars"),
    ("chemistry by command", "CO2", "Less \\ce{CO2} in Cellars"),
    ("French elision", "apprentissage", "De l'apprentissage profond"),
    ("and with it", "l'apprentissage", "Un apprentissage profond"),
    # fields
    ("ti: looks at the title", "ti:harp", "A Harp||Nothing else."),
    ("abs: looks at the abstract", "abs:harp", "Strings||We tune a harp."),
    ("abs: does not mind the title", "abs:harp", "A Harp||We tune a harp."),
    ("ti: takes a phrase", "ti:kv cache", "The KV Cache||Nothing."),
    # AND, AND NOT
    ("AND wants both", "harp AND piano", "A Harp||and a piano"),
    ("AND NOT without the second", "harp AND NOT piano", "A Harp||and a drum"),
    ("clauses have their own fields", "ti:harp AND abs:piano", "A Harp||and a piano"),
    ("quoted AND is a word", '"cats AND dogs"', "Cats and Dogs in Maps"),
    # Unicode and TeX
    ("accents fold", "naive", 'A Na\\"ive Approach'),
    ("in the term too", "naïve", "A Naive Approach"),
    ("Unicode accents as well", "Erdos", "On an Erdős Problem"),
    ("and strokes", "Lukasz", "{\\L}ukasz's Theorem"),
    ("TeX inside a word", "Poincare", "The Poincar\\'{e} Map of a Tram"),
    ("a command around a word", "harp", "The \\emph{harp}"),
    ("maths letters are words", "k-means", "Faster $k$-means"),
    ("Greek by name", "epsilon-greedy", "$\\epsilon$-Greedy Gardening"),
    ("Greek by letter", "β-VAE", "A $\\beta$-VAE for Bells"),
    ("Greek both ways", "beta-VAE", "A β-VAE for Bells"),
    ("indices are part of a word", "CO2", "Less CO$_2$ in Cellars"),
    ("Unicode indices too", "CO2", "Less CO₂ in Cellars"),
    ("C++ is a word", "C++", "Templates in C++ and Rust"),
    ("C# is a word", "C#", "Reading C# Aloud"),
    ("characters without spaces are phrases", "推論", "大規模言語モデルの推論を高速化する"),
    ("full width letters are letters", "LLM", "ＬＬＭ の本"),
]

NO = [
    # other words
    ("RL is not in RLHF", "RL", "RLHF for Parrots"),
    ("RL is not in world", "RL", "A World of Girls"),
    ("RAG is no rag doll", "RAG", "Sewing a rag doll"),
    ("not with a hyphen either", "RAG", "a rag-doll"),
    ("RAG is not in fragment", "RAG", "Storage of Fragments"),
    ("GAN is not in organ", "GAN", "Organs and Organisms"),
    ("LoRA is not in exploration", "LoRA", "Exploration of Flora"),
    ("Fast is not in breakfast", "Fast", "Breakfast and Fasting"),
    ("efficient is not inefficient", "efficient", "Inefficient but Kind"),
    ("review is not preview", "review", "A Preview of Spring"),
    ("decode is not decoding", "decode", "Decoding Whale Song"),
    ("new is not news", "new", "News from the Harbour"),
    ("news is not new", "news", "A New Harbour"),
    ("dynamics are not dynamic", "dynamics", "Dynamic Routing of Trams"),
    ("logistics are not logistic", "logistic regression", "Logistics Regression Tests"),
    ("a lens has no len", "len", "The Lens of a Camera"),
    ("a boss is no bos", "bos", "The Boss Function"),
    ("TTS is no plural of TT", "TT", "TTS for Sailors"),
    ("two letters are no plural", "ga", "Gas in Pipes"),
    ("GPT-4 is not GPT-4o", "GPT-4", "GPT-4o Plays Chess"),
    ("GPT4* does not begin GPT-5", "GPT4*", "GPT-5 Plays Chess"),
    ("GPT-3 is not GPT-3.5", "GPT-3", "GPT-3.5 Plays Chess"),
    ("Qwen2 is not Qwen2.5", "Qwen2", "Qwen2.5 Reads Menus"),
    ("C is not C++", "C", "Templates in C++"),
    ("C++ is not C", "C++", "Pointers in C"),
    ("C# is not C", "C#", "Pointers in C"),
    ("3D is not 3", "3D", "Three Views, 3 Rooms"),
    ("H∞ is not H", "H", "Robust H∞ Control"),
    ("a version is not another word", "Qwen", "Qwenology"),
    ("two letters have no versions", "CO", "Less CO2 in Cellars"),
    ("GPT-4 has no further versions", "GPT-4", "GPT-4o and GPT-41"),
    ("a starred name is not the plain one", '"A*"', "A search for moss"),
    ("noise is not noiz", "noiz*", "Denoising and Noise"),
    ("analysis is not to analyse", "analysis", "We analyse fog"),
    ("supervision keeps its s", "superviz*", "Supervised Gulls"),
    ("words in brackets keep their places", "key cache", "Key (and value) Cache"),
    # joined and parted
    ("often is not of ten", "often", "Groups of Ten Swimmers"),
    ("overall is not over all", "overall", "Averages over All Tides"),
    ("of ten is not often", "of ten", "Often in Groups"),
    ("without is not with out", "without", "Pairs of in with out"),
    ("a part is not apart", "a part", "Worlds Apart"),
    ("a comma parts words", "finetuning", "fine, tuning"),
    ("RL is not R and L", "RL", "matrices $R L$"),
    ("maths indices are no acronym", "RL", "the factor $R_L$"),
    # phrases
    ("a phrase has its order", "language model", "A Model Language"),
    ("a phrase has nothing between", "kv cache", "KV and Value Cache"),
    ("a phrase ends with the sentence", "fast cache", "It is fast. Cache it."),
    ("a comma ends a phrase", "precision recall", "precision, recall and fog"),
    ("a phrase does not reach from title to abstract", "harp string", "A Harp||String theory"),
    ("a quoted comma does not reach either", '"harp, string"', "A Harp||String theory"),
    ("a little word is a word", "mixture of experts", "A Mixture with Experts"),
    # prefixes
    ("a prefix begins a word", "quant*", "Requantized Harps"),
    ("a prefix at the end of a phrase wants the first", "fine-tun*", "Tuning Forks"),
    # fields
    ("ti: does not look at the abstract", "ti:harp", "Strings||We tune a harp."),
    ("abs: does not look at the title", "abs:harp", "A Harp||Nothing else."),
    # AND, AND NOT
    ("AND wants both there", "harp AND piano", "A Harp||and a drum"),
    ("AND NOT with the second", "harp AND NOT piano", "A Harp||and a piano"),
    ("AND NOT without the first", "harp AND NOT piano", "A Drum"),
    ("clauses keep to their own fields", "ti:harp AND abs:piano", "A Harp and a Piano||Nothing."),
    ("small and is a word", "cats and dogs", "Cats, Dogs"),
    # TeX
    ("commands are no words", "emph", "The \\emph{harp}"),
    ("maths commands are no words", "mathcal", "The $\\mathcal{H}$arp"),
]


def hits(term: str, text: str) -> tuple[bool, bool]:
    title, _, abstract = text.partition("||")
    index = BatchIndex(build_index([paper(1, "Other Things", "altogether"), paper(2, title, abstract)]))
    rows, in_title = term_hits(index, parse_term(term))
    return bool(rows & 2), bool(in_title & 2)


@pytest.mark.parametrize(("promise", "term", "text"), YES, ids=[case[0] for case in YES])
def test_it_matches(promise, term, text):
    """A term matches what a person would say it matches."""
    assert hits(term, text)[0], promise
    assert matches(term, *text.split("||"))[0], promise


@pytest.mark.parametrize(("promise", "term", "text"), NO, ids=[case[0] for case in NO])
def test_it_does_not_match(promise, term, text):
    """A term matches nothing else."""
    assert not hits(term, text)[0], promise
    assert not matches(term, *text.split("||"))[0], promise


def test_there_are_enough_cases():
    """The table has more than eighty cases, each with its own sentence."""
    promises = [case[0] for case in YES + NO]
    assert len(promises) == len(set(promises)) >= 80
    with pytest.raises(ParseError):
        parse_term("")

"""The postings of many words read at once: rankings by likeness ask for some hundred words of every day."""

from collections.abc import Iterable, Mapping, Sequence

from core.index.posting_rows import GROUP_WORDS
from core.index.postings import Postings


class BulkPostings(Postings):
    """Reads rows and counts of many words in one loop, without lists in between."""

    def frequencies(self, word_numbers: Iterable[int]) -> list[int]:
        """Return how many rows hold each of these words; 0 for the number -1."""
        return [self.frequency(word_number) if word_number >= 0 else 0 for word_number in word_numbers]

    def rows_of_each(self, word_numbers: Iterable[int]) -> list[int]:
        """Return the rows of each of these words as ``rows`` does; 0 for the number -1."""
        return [self.rows(word_number) if word_number >= 0 else 0 for word_number in word_numbers]

    def is_in_title(self, word_number: int, row: int) -> bool:
        """Whether a word stands in the title of a row."""
        listed_size = self._listed_sizes[word_number]
        if not listed_size:
            title_byte = self._title_bitmaps[self._bitmap_numbers[word_number] * self._bitmap_width + row // 8]
            return bool(title_byte >> row % 8 & 1)
        first_listed = self._first_listed(word_number)
        listed_row = 0
        for row_step in self._listed_row_steps[first_listed : first_listed + listed_size]:
            listed_row += row_step >> 1
            if listed_row >= row:
                return listed_row == row and bool(row_step & 1)
        return False

    def add_by_counts(
        self,
        row_sums: list[float],
        addends_of_words: Iterable[tuple[int, Sequence[float]]],
        frequent_words: Mapping[int, tuple[Sequence[int], bytes | bytearray]],
    ) -> int:
        """
        Add, to the sum of each row that has one of these words, what the word adds by how often it stands there.

        Words come by their numbers, -1 for one that no row has, with what they add for each count from 0 to 15.
        ``frequent_words`` gives what ``rows_and_counts`` does of those whose rows are not listed. Returns how many
        addends there were.
        """
        listed_sizes, listed_before = self._listed_sizes, self._listed_before
        row_steps, place_counts = self._listed_row_steps, self._place_counts
        added_postings = 0
        for word_number, addends in addends_of_words:
            if word_number < 0:
                continue
            if listed_size := listed_sizes[word_number]:
                word_group = word_number // GROUP_WORDS
                first_listed = listed_before[word_group] + sum(listed_sizes[word_group * GROUP_WORDS : word_number])
                row = 0
                for posting in range(first_listed, first_listed + listed_size):
                    row += row_steps[posting] >> 1
                    row_sums[row] += addends[place_counts[posting]]
                added_postings += listed_size
            else:
                posting_rows, row_counts = frequent_words[word_number]
                for row, place_count in zip(posting_rows, row_counts, strict=True):
                    row_sums[row] += addends[place_count]
                added_postings += len(posting_rows)
        return added_postings

"""Work on files alone: match from a workbook and check what a school published, without framework or database."""

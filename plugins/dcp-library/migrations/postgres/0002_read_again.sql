-- The reader knows more than before: every package is read once more.
update place set signature = '';
update library set scanned_at = null;

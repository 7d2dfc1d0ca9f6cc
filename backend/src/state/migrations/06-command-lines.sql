ALTER TABLE audit ADD COLUMN command_lines TEXT;

ALTER TABLE paper_accounts ADD COLUMN orders bigint NOT NULL DEFAULT 0;

COMMENT ON COLUMN paper_accounts.orders IS 'How many orders it has ever had, refused ones and those of earlier generations included; kept by a trigger';

"""The numbers as files for other programs: CSV, and Parquet where pyarrow is installed."""

"""The season of appraisal: workbooks of appraisers, their decisions and the journal that keeps them."""

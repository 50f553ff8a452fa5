-- A column that changed its type has lost what the planner knew of it (V0470, V0471).
ANALYZE paper_accounts, orders, executions, positions, paper_equity_points, backtest_runs, trials;

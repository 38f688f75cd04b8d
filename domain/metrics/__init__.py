"""Figures over many deals: medians by month, how many deals are behind them, and whether a trend is more than noise."""

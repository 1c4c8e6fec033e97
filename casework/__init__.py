"""What intake, risk and plans share: commands on a case, and the sealed fragments it is made of."""

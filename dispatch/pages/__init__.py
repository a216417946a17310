"""The carer's phone and the operator's sending of a carer, over HTTP."""

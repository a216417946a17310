"""What a browser sees. Each page module is a function that receives what it needs and returns a blueprint."""

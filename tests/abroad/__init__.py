"""Small applications in the styles that people use, each led through the product by its own tool."""

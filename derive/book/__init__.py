"""Courses: chapters of layers in an author's order, with own words between; as a book, a site and handouts."""

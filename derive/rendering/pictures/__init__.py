"""Pictures that the program draws itself: from a system of equations to shapes, and from shapes to a file."""

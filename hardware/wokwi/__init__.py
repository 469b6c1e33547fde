"""What makes and judges the projects in wokwi/: chips from C to WebAssembly, diagrams against boards and chips."""

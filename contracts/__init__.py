"""What crosses a wire: events, calls, bodies, errors and the words they are made of."""

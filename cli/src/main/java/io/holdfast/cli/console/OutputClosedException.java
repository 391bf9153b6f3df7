package io.holdfast.cli.console;

/** Standard output takes no more: not everything was printed. */
public final class OutputClosedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** With the possible causes. */
  public OutputClosedException() {
    super("standard output takes no more: its reader has gone, it is closed, or its disk is full");
  }
}

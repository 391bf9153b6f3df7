package io.holdfast.cli.console;

/** Standard output takes no more: what the command had to say was not, or not all, said. */
public final class OutputClosedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /** With what that may come from. */
  public OutputClosedException() {
    super("standard output takes no more: its reader has gone, it is closed, or its disk is full");
  }
}

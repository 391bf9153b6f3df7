package io.holdfast.cli.console;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The option {@code --yes}: without it, a command only says what it would do. */
public final class Confirmation {

  @Option(names = "--yes", description = "do it; without this, only say what would be done")
  private boolean yes;

  @Mixin private Reason reason = new Reason();

  @Mixin private Output output = new Output();

  /** The operator's reason; may be empty. */
  public String reason() {
    return reason.text();
  }

  /**
   * Prints what is about to happen, or would.
   *
   * @param action such as {@code release lock 'a', held by ...}
   * @return true if it was confirmed
   */
  public boolean given(String action) {
    output.line(
        yes ? action : "dry run, nothing was done: would " + action + "; to do it, add --yes");
    return yes;
  }
}

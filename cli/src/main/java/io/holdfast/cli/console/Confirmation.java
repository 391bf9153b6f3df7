package io.holdfast.cli.console;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What is done to others is only told, unless it is meant. */
public final class Confirmation {

  @Option(names = "--yes", description = "do it; without this, only say what would be done")
  private boolean yes;

  @Mixin private Reason reason = new Reason();

  @Mixin private Output output = new Output();

  /** Why, as the operator says; perhaps nothing. */
  public String reason() {
    return reason.text();
  }

  /**
   * Says what is about to happen.
   *
   * @param action such as {@code release lock 'a', held by ...}
   * @return true if it is meant
   */
  public boolean given(String action) {
    output.line(yes ? action : "dry run, nothing was done: would " + action + "; to do it, add --yes");
    return yes;
  }
}

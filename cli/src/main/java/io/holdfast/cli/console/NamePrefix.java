package io.holdfast.cli.console;

import picocli.CommandLine.Parameters;

/** The parameter that limits a listing to names with a prefix. */
public final class NamePrefix {

  @Parameters(
      arity = "0..1",
      paramLabel = "PREFIX",
      defaultValue = "",
      description = "only names that begin with this")
  private String prefix = "";

  /** The prefix; empty for all names. */
  public String text() {
    return prefix;
  }

  /** Whether {@code name} begins with it. */
  public boolean includes(String name) {
    return name.startsWith(prefix);
  }
}

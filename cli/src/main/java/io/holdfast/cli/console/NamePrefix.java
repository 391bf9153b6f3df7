package io.holdfast.cli.console;

import picocli.CommandLine.Parameters;

/** Which of many names a command is about: all, or those that begin in a certain way. */
public final class NamePrefix {

  @Parameters(
      arity = "0..1",
      paramLabel = "PREFIX",
      defaultValue = "",
      description = "only names that begin so")
  private String prefix = "";

  /** How they begin; empty for all. */
  public String text() {
    return prefix;
  }

  /** Whether {@code name} is one of them. */
  public boolean includes(String name) {
    return name.startsWith(prefix);
  }
}

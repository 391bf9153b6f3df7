package io.holdfast.cli.console;

import picocli.CommandLine.Option;

/** The option {@code --reason}, for the audit trail. */
public final class Reason {

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      defaultValue = "",
      description = "why, for the audit trail: see holdfast audit")
  private String text = "";

  /** The reason; may be empty. */
  public String text() {
    return text;
  }
}

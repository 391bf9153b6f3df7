package io.holdfast.cli.console;

import picocli.CommandLine.Option;

/** Why something is done to others: the same option wherever that happens. */
public final class Reason {

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      defaultValue = "",
      description = "why, for the audit trail and whoever looks: see holdfast audit")
  private String text = "";

  /** As the operator says; perhaps nothing. */
  public String text() {
    return text;
  }
}

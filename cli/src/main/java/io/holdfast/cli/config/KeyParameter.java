package io.holdfast.cli.config;

import io.holdfast.config.ConfigKey;
import picocli.CommandLine.Parameters;

/** The setting that a command is about. */
final class KeyParameter {

  @Parameters(
      index = "0",
      paramLabel = "GROUP/NAME",
      description = "the setting, such as orders/http.timeout")
  private String text = "";

  ConfigKey key() {
    return ConfigKey.parse(text);
  }
}

package io.holdfast.cli.config;

import io.holdfast.cli.console.Listing.Row;
import io.holdfast.config.ConfigValue;
import io.holdfast.config.ConfigVersion;

/** Versions as rows. A secret is shown as such, never what it is. */
final class Rows {

  private Rows() {}

  static Row of(ConfigVersion version) {
    String value = version.value().map(ConfigValue::toString).orElse("(deleted)");
    return new Row()
        .with("setting", version.key().toString())
        .with("version", version.version())
        .shown("value", value)
        .field("value", isPlain(version) ? value : null)
        .field("deleted", version.isDeleted())
        .field("secret_key", version.value().flatMap(ConfigValue::encryptedBy).orElse(null))
        .with("at", version.at().toString())
        .with("by", version.by().attributes().getOrDefault("user", version.by().name()))
        .with("host", version.by().host())
        .field("program", version.by().name())
        .field("pid", version.by().pid())
        .with("reason", version.reason())
        .field("token", version.token().orElse(null));
  }

  private static boolean isPlain(ConfigVersion version) {
    return version.value().filter(value -> !value.isSecret()).isPresent();
  }
}

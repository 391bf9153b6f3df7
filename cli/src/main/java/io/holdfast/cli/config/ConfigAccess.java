package io.holdfast.cli.config;

import io.holdfast.cli.console.ClusterConnection;
import io.holdfast.cli.console.NotFoundException;
import io.holdfast.cli.console.Operator;
import io.holdfast.config.ConfigEdit;
import io.holdfast.config.ConfigKey;
import io.holdfast.config.ConfigOptions;
import io.holdfast.config.ConfigStore;
import io.holdfast.config.ConfigVersion;
import io.holdfast.config.KeyRing;
import io.holdfast.coordination.Coordinator;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options for a cluster and for the keys of secrets. */
final class ConfigAccess {

  @Mixin private ClusterConnection connection = new ClusterConnection();

  @Option(
      names = "--keys",
      paramLabel = "FILE",
      defaultValue = "${env:HOLDFAST_CONFIG_KEYS}",
      description =
          "the keys of secrets, one '<id> <Base64>' a line, the first encrypts; by default"
              + " $HOLDFAST_CONFIG_KEYS")
  private @Nullable Path keys;

  ClusterConnection connection() {
    return connection;
  }

  ConfigStore store(Coordinator coordinator) {
    ConfigOptions options =
        ConfigOptions.defaults(coordinator.options()).withPatience(connection.timeout());
    return new ConfigStore(
        coordinator, keys == null ? options : options.withKeys(KeyRing.fromFile(keys)));
  }

  /** The version in force, deleted ones included. */
  Optional<ConfigVersion> latest(ConfigStore store, ConfigKey key) {
    return connection.await(store.get(key));
  }

  /** The version in force. */
  ConfigVersion existing(ConfigStore store, ConfigKey key) {
    return latest(store, key)
        .filter(version -> !version.isDeleted())
        .orElseThrow(() -> new NotFoundException("there is no setting " + key));
  }

  /** Makes it, with an entry in the audit trail. */
  ConfigVersion edit(ConfigStore store, ConfigEdit edit, String reason) {
    return connection.await(store.edit(edit.because(reason).byOperator(Operator.name())));
  }
}

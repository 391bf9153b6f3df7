package io.holdfast.cli.config;

import io.holdfast.cli.console.Confirmation;
import io.holdfast.cli.console.Output;
import io.holdfast.config.ConfigEdit;
import io.holdfast.config.ConfigKey;
import io.holdfast.config.ConfigStore;
import io.holdfast.config.ConfigVersion;
import io.holdfast.coordination.Coordinator;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code holdfast config set}. */
@Command(
    name = "set",
    mixinStandardHelpOptions = true,
    description = {
      "Sets a setting. A secret comes from a file and is encrypted here, by the first of --keys.",
      "Without --yes it only says what it would do. Exit code 1: the setting was at another version"
          + " than --if-version, or has been changed since it was looked at."
    })
final class SetSetting implements Runnable {

  @Mixin private ConfigAccess access = new ConfigAccess();
  @Mixin private Confirmation confirmation = new Confirmation();
  @Mixin private KeyParameter parameter = new KeyParameter();

  @Parameters(index = "1", arity = "0..1", paramLabel = "VALUE", description = "the value")
  private @Nullable String value;

  @Option(
      names = "--from",
      paramLabel = "FILE",
      description = "take the value from this file, as it is, or from standard input if it is -")
  private @Nullable Path from;

  @Option(names = "--secret", description = "encrypt it; then it must come --from a file")
  private boolean secret;

  @Option(
      names = "--if-version",
      paramLabel = "N",
      description = "only if the setting is at this version; 0 if it must not be there yet")
  private @Nullable Long ifVersion;

  @Mixin private Output output = new Output();

  @Override
  public void run() {
    ConfigKey key = parameter.key();
    ConfigEdit edit = edit(key);
    try (Coordinator coordinator = access.connection().open()) {
      ConfigStore store = access.store(coordinator);
      Optional<ConfigVersion> now = access.latest(store, key);
      long version = ifVersion == null ? now.map(ConfigVersion::version).orElse(0L) : ifVersion;
      if (confirmation.given(action(key, now))) {
        ConfigVersion made = access.edit(store, edit.ifVersion(version), confirmation.reason());
        output.line(key + " is at version " + made.version());
      }
    }
  }

  private static String action(ConfigKey key, Optional<ConfigVersion> now) {
    return now.filter(there -> !there.isDeleted())
        .map(
            there ->
                "replace version %d of %s: %s"
                    .formatted(there.version(), key, there.value().orElseThrow()))
        .orElse("set " + key + ", which is not set now");
  }

  private ConfigEdit edit(ConfigKey key) {
    if ((value == null) == (from == null)) {
      throw new IllegalArgumentException("give either a value or --from");
    }
    if (value != null) {
      if (secret) {
        throw new IllegalArgumentException(
            "a secret on a command line is seen by others: give it --from a file, or --from -");
      }
      return ConfigEdit.set(key, value);
    }
    String text = read(from);
    return secret ? ConfigEdit.setSecret(key, text) : ConfigEdit.set(key, text);
  }

  private static String read(@Nullable Path file) {
    boolean standard = file == null || file.toString().equals("-");
    try (InputStream in = standard ? System.in : Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(ConfigEdit.LARGEST_VALUE + 1);
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("the value is not text in UTF-8, or is too large", e);
    } catch (IOException e) {
      throw new IllegalArgumentException("cannot read " + file + ": " + e, e);
    }
  }
}

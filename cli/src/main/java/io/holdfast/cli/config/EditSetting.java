package io.holdfast.cli.config;

import io.holdfast.cli.console.Output;
import io.holdfast.cli.console.Reason;
import io.holdfast.cli.console.WrappedCommand;
import io.holdfast.config.ConfigEdit;
import io.holdfast.config.ConfigKey;
import io.holdfast.config.ConfigStore;
import io.holdfast.config.ConfigValue;
import io.holdfast.config.ConfigVersion;
import io.holdfast.coordination.Coordinator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code holdfast config edit}. */
@Command(
    name = "edit",
    mixinStandardHelpOptions = true,
    description = {
      "Opens a setting in an editor, and sets what is saved there.",
      "A secret is decrypted into a file that only you can read, which is deleted afterwards; it"
          + " stays a secret. Nothing is done if the text is as it was, or if the editor fails."
          + " Exit code 1: the setting was changed meanwhile, or the editor failed."
    })
final class EditSetting implements Callable<Integer> {

  private static final Duration GRACE = Duration.ofSeconds(5);

  @Mixin private ConfigAccess access = new ConfigAccess();
  @Mixin private KeyParameter parameter = new KeyParameter();
  @Mixin private Reason reason = new Reason();

  @Option(
      names = "--editor",
      paramLabel = "COMMAND",
      defaultValue = "${env:EDITOR:-vi}",
      description = "gets the file as its last argument; by default $EDITOR, or vi")
  private String editor = "vi";

  @Mixin private Output output = new Output();

  @Override
  public Integer call() throws InterruptedException {
    ConfigKey key = parameter.key();
    try (Coordinator coordinator = access.connection().open()) {
      ConfigStore store = access.store(coordinator);
      Optional<ConfigVersion> now = access.latest(store, key);
      Optional<ConfigValue> value = now.flatMap(ConfigVersion::value);
      String before = value.map(ConfigValue::text).orElse("");
      Optional<String> after = edited(before);
      if (after.isEmpty()) {
        output.errLine("the editor failed, and nothing was done");
        return ExitCode.SOFTWARE;
      }
      if (after.get().equals(before)) {
        output.line(key + " is as it was");
        return ExitCode.OK;
      }
      boolean secret = value.filter(ConfigValue::isSecret).isPresent();
      ConfigEdit edit =
          secret ? ConfigEdit.setSecret(key, after.get()) : ConfigEdit.set(key, after.get());
      long version = now.map(ConfigVersion::version).orElse(0L);
      ConfigVersion made = access.edit(store, edit.ifVersion(version), reason.text());
      output.line(key + " is at version " + made.version());
      return ExitCode.OK;
    }
  }

  /** Empty if the editor failed. Editors end a file with a line's end: it is no change. */
  private Optional<String> edited(String before) throws InterruptedException {
    try {
      Path file = PrivateFile.temporary(before);
      try (WrappedCommand running =
          WrappedCommand.start(
              List.of("sh", "-c", editor + " \"$1\"", "sh", file.toString()), Map.of(), GRACE)) {
        if (running.exitCode() != 0) {
          return Optional.empty();
        }
        if (Files.size(file) > ConfigEdit.LARGEST_VALUE + 1L) {
          throw new IllegalArgumentException("the text is too large");
        }
        String after = Files.readString(file, StandardCharsets.UTF_8);
        boolean added = after.endsWith("\n") && !before.endsWith("\n");
        return Optional.of(added ? after.substring(0, after.length() - 1) : after);
      } finally {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new IllegalArgumentException("cannot edit: " + e, e);
    }
  }
}

package io.holdfast.cli.config;

import io.holdfast.cli.console.Output;
import io.holdfast.config.KeyRing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code holdfast config new-key}. */
@Command(
    name = "new-key",
    mixinStandardHelpOptions = true,
    description = {
      "Puts a new key at the top of a key file, and makes the file if it is not there.",
      "From then on it encrypts. Distribute the file before you use it: a process that lacks the"
          + " key cannot read what it encrypts. Then call rekey."
    })
final class NewKey implements Runnable {

  @Parameters(index = "0", paramLabel = "FILE", description = "the key file")
  private Path file = Path.of("");

  @Parameters(index = "1", paramLabel = "ID", description = "what the key is called, 2026-11 say")
  private String id = "";

  @Mixin private Output output = new Output();

  @Override
  public void run() {
    String line = KeyRing.newLine(id) + "\n";
    try {
      if (!Files.exists(file)) {
        PrivateFile.create(file, line);
      } else {
        KeyRing.fromFile(file);
        String before = Files.readString(file, StandardCharsets.UTF_8);
        if (before.lines().anyMatch(each -> each.strip().split("\\s+", 2)[0].equals(id))) {
          throw new IllegalArgumentException("there is a key '" + id + "' in " + file + " already");
        }
        Path fresh = file.resolveSibling(file.getFileName() + "." + UUID.randomUUID());
        PrivateFile.create(fresh, line + before);
        Files.move(
            fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      }
    } catch (IOException e) {
      throw new IllegalArgumentException("cannot write " + file + ": " + e, e);
    }
    output.line("key '" + id + "' is the first one in " + file);
  }
}

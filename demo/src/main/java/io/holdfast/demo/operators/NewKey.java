package io.holdfast.demo.operators;

import io.holdfast.cli.console.Output;
import io.holdfast.payment.security.ApiKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where a new key goes: it is shown once, and kept nowhere else. */
final class NewKey {

  @Option(
      names = "--key-file",
      paramLabel = "FILE",
      description =
          "write the key to this new file, which only you can read, and not to standard output")
  private @Nullable Path file;

  @Mixin private Output output = new Output();

  /**
   * Makes a key and hands it out; the file is made first, so that no key is made for nothing.
   *
   * @param what is said on standard error
   */
  void handOut(String what, Supplier<ApiKey> maker) throws IOException {
    if (file == null) {
      ApiKey key = maker.get();
      output.errLine(what + "; its key " + key.id() + " follows, and is not shown again");
      output.line(key.reveal());
      return;
    }
    PrivateFile.create(file, "");
    ApiKey key;
    try {
      key = maker.get();
    } catch (RuntimeException e) {
      Files.deleteIfExists(file);
      throw e;
    }
    Files.writeString(file, key.reveal() + "\n");
    output.errLine(what + "; its key " + key.id() + " is in " + file);
  }
}

package io.holdfast.cli.render;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A proxy's configuration file. It is replaced in one step, by content that the proxy's own check
 * has accepted. If the reload fails, the former content is put back: the file is what the proxy
 * runs.
 *
 * <p>Before the file is replaced, a marker beside it says that a reload is pending; it is deleted
 * after the reload. So if this process is killed in between, the next run reloads.
 */
final class ConfigFile {

  private final Path file;
  private final ProxyKind kind;
  private final Optional<String> program;
  private final Optional<String> reloadCommand;

  /** The marker: exists while the proxy may not have loaded the file. */
  private final Path reloadPending;

  /**
   * @param file absolute
   * @param program checks new content; a name on the PATH, or a path. Empty for no check
   * @param reloadCommand a shell's command that makes the proxy read the file again
   */
  ConfigFile(Path file, ProxyKind kind, Optional<String> program, Optional<String> reloadCommand) {
    this.file = file;
    this.kind = kind;
    this.program = program;
    this.reloadCommand = reloadCommand;
    this.reloadPending = file.resolveSibling("." + file.getFileName() + ".reload-pending");
  }

  /**
   * Makes {@code content} the file's content.
   *
   * @return false if it is that already and the proxy has loaded it; then nothing is done
   * @throws ProcessFailedException if the check refused it, or the reload failed; the file then has
   *     its former content
   * @throws IOException if the file cannot be written
   */
  boolean replace(String content) throws IOException, InterruptedException {
    Optional<String> former = read();
    boolean isThere = former.equals(Optional.of(content));
    if (isThere && (reloadCommand.isEmpty() || !Files.exists(reloadPending))) {
      return false;
    }
    if (!isThere && program.isPresent()) {
      check(program.get(), content);
    }
    if (reloadCommand.isEmpty()) {
      write(content);
      return true;
    }
    Files.writeString(reloadPending, "");
    if (!isThere) {
      write(content);
    }
    try {
      ChildProcess.run(List.of("sh", "-c", reloadCommand.get()));
    } catch (ProcessFailedException e) {
      if (isThere) {
        throw new ProcessFailedException(
            "--exec failed, so the proxy may not go by " + file + " yet: " + e.getMessage());
      }
      putBack(former);
      Files.deleteIfExists(reloadPending);
      throw new ProcessFailedException(
          "--exec failed, so " + file + " is as it was before: " + e.getMessage());
    }
    Files.deleteIfExists(reloadPending);
    return true;
  }

  private Optional<String> read() throws IOException {
    return Files.exists(file)
        ? Optional.of(Files.readString(file, StandardCharsets.UTF_8))
        : Optional.empty();
  }

  private void check(String program, String content) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("holdfast-render-");
    try {
      Path rendered = Files.writeString(folder.resolve(kind.fileName()), content);
      Path around = Files.writeString(folder.resolve("around.conf"), kind.around(rendered));
      ChildProcess.run(kind.check(program, folder, rendered, around));
    } catch (ProcessFailedException e) {
      throw new ProcessFailedException(
          program
              + " refuses what "
              + file
              + " would become, so it is unchanged: "
              + e.getMessage());
    } finally {
      delete(folder);
    }
  }

  /** With what the proxy wrote there. */
  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    }
  }

  /** On the disk before it has the name, so that a crash leaves the one content or the other. */
  private void write(String content) throws IOException {
    Path fresh = file.resolveSibling("." + file.getFileName() + ".new");
    Files.writeString(fresh, content);
    try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private void putBack(Optional<String> former) throws IOException {
    if (former.isPresent()) {
      write(former.get());
    } else {
      Files.deleteIfExists(file);
    }
  }
}

package io.holdfast.testkit.docker;

import io.holdfast.testkit.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is to be the {@code /} of an image: programs of this machine with the libraries they need.
 */
final class RootFolder {

  private static final Duration BOUND = Duration.ofMinutes(2);
  private static final Pattern LIBRARY = Pattern.compile("(?:=> )?(/[^ ]+) \\(0x[0-9a-f]+\\)");

  private final Path work;
  private final Path root;

  /**
   * @param work an empty folder that is thrown away afterwards
   */
  RootFolder(Path work) throws IOException {
    this.work = work;
    this.root = Files.createDirectories(work.resolve("root"));
    for (String folder : List.of("tmp", "data", "etc", "usr/local/bin")) {
      Files.createDirectories(root.resolve(folder));
    }
  }

  /** Where {@code absolute} is on this machine. */
  Path at(String absolute) {
    return root.resolve(absolute.substring(1));
  }

  /** Copies a program, and the libraries that it is linked with to where it looks for them. */
  void program(Path program, String absolute) throws IOException, InterruptedException {
    copy(program, at(absolute));
    libraries(program);
  }

  /** Copies the libraries that a file is linked with and that are not in the image yet. */
  void libraries(Path file) throws IOException, InterruptedException {
    String linked =
        Command.run(
            work,
            System.nanoTime() + BOUND.toNanos(),
            List.of("sh", "-c", "ldd " + file + " || true"));
    Matcher library = LIBRARY.matcher(linked);
    while (library.find()) {
      Path found = Path.of(library.group(1));
      if (!found.startsWith(root)) {
        copy(found.toRealPath(), at(library.group(1)));
      }
    }
  }

  /** Writes a script that can be run. */
  void script(String absolute, String text) throws IOException {
    Path file = at(absolute);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** A name that means {@code target} in the image. */
  void link(String absolute, String target) throws IOException {
    Files.createDirectories(at(absolute).getParent());
    Files.createSymbolicLink(at(absolute), Path.of(target));
  }

  /** Makes the image. */
  void importAs(String image, String... changes) throws IOException, InterruptedException {
    Path tar = work.resolve("image.tar");
    Command.run(
        work,
        System.nanoTime() + BOUND.toNanos(),
        List.of("tar", "-cf", tar.toString(), "-C", root.toString(), "."));
    List<String> arguments = new ArrayList<>(List.of("import"));
    for (String change : changes) {
      arguments.addAll(List.of("-c", change));
    }
    arguments.addAll(List.of(tar.toString(), image));
    DockerEngine.run(BOUND, arguments.toArray(String[]::new));
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
  }
}

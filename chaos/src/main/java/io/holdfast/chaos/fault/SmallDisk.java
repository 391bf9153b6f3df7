package io.holdfast.chaos.fault;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A disk in memory, just large enough, that lies over a folder with the same in it. For root on
 * Linux.
 */
final class SmallDisk {

  private static final int ROOM_MEGABYTES = 4;

  private final Path folder;

  private SmallDisk(Path folder) {
    this.folder = folder;
  }

  /** True if this process may mount one. */
  static boolean isPossible() {
    try {
      Path probe = Files.createTempDirectory("holdfast-disk-");
      try {
        Shell.run("mount -t tmpfs -o size=1m tmpfs " + probe);
        Shell.run("umount " + probe);
        return true;
      } finally {
        Files.delete(probe);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (IllegalStateException e) {
      return false;
    }
  }

  /** Lays one over {@code folder}, in which nobody may be at work. */
  static SmallDisk over(Path folder) {
    Path aside = aside(folder);
    Shell.run(List.of("mv", folder.toString(), aside.toString()));
    Shell.run(List.of("mkdir", folder.toString()));
    String used = Shell.run(List.of("du", "-sm", aside.toString())).split("\\s", 2)[0];
    int size = Integer.parseInt(used) + ROOM_MEGABYTES;
    Shell.run("mount -t tmpfs -o size=" + size + "m tmpfs " + folder);
    copy(aside, folder);
    return new SmallDisk(folder);
  }

  private static Path aside(Path folder) {
    return folder.resolveSibling(folder.getFileName() + "-aside");
  }

  private static void copy(Path from, Path to) {
    Shell.run(List.of("cp", "-a", "--sparse=always", from + "/.", to.toString()));
  }

  /** Takes all the room that is left. */
  void fill() {
    Shell.run(List.of("sh", "-c", "dd if=/dev/zero bs=4k of=" + filler() + " 2>&1 || true"));
  }

  private Path filler() {
    return folder.resolve("filler");
  }

  /** Takes it away and leaves what is on it in the folder; nobody may be at work there. */
  void remove() {
    Path aside = aside(folder);
    Shell.run(List.of("rm", "-rf", filler().toString(), aside.toString()));
    Shell.run(List.of("mkdir", aside.toString()));
    copy(folder, aside);
    Shell.run("umount " + folder);
    Shell.run(List.of("rmdir", folder.toString()));
    Shell.run(List.of("mv", aside.toString(), folder.toString()));
  }
}

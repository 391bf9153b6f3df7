package io.holdfast.registry.internal.disk;

import io.holdfast.registry.ServiceSnapshot;
import io.holdfast.registry.internal.format.InstanceJson.MalformedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder with one {@link SnapshotFile} for each service.
 *
 * <p>A file is written beside the old one, forced to the disk, and moved over it in one step, so
 * that a crash at any moment leaves the old one or the new one. What goes wrong is logged and costs
 * the cache only. Blocks for the disk.
 */
public final class DiskCache {

  private static final Logger LOG = LoggerFactory.getLogger(DiskCache.class);

  private final Path folder;

  public DiskCache(Path folder) {
    this.folder = folder;
  }

  /** What an earlier run has left; empty if there is nothing, or nothing that can be trusted. */
  Optional<ServiceSnapshot> read(String service) {
    Path file = file(service);
    try {
      long size = Files.size(file);
      if (size > SnapshotFile.LARGEST) {
        throw new MalformedException("it is too large: " + size + " bytes");
      }
      return Optional.of(SnapshotFile.decode(service, Files.readAllBytes(file)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (MalformedException e) {
      LOG.warn("not using the snapshot {}: {}", file, e.getMessage());
      return Optional.empty();
    } catch (IOException e) {
      LOG.warn("cannot read the snapshot {}: {}", file, e.toString());
      return Optional.empty();
    }
  }

  /** Replaces what is there. */
  void write(ServiceSnapshot snapshot) {
    Path file = file(snapshot.service());
    try {
      Files.createDirectories(folder);
      Path fresh = folder.resolve(file.getFileName() + "." + UUID.randomUUID() + ".tmp");
      try {
        writeThrough(fresh, SnapshotFile.encode(snapshot));
        Files.move(
            fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } finally {
        Files.deleteIfExists(fresh);
      }
      forceFolder();
    } catch (IOException e) {
      LOG.warn("cannot write the snapshot {}: {}", file, e.toString());
    }
  }

  private static void writeThrough(Path file, byte[] content) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer rest = ByteBuffer.wrap(content);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
      channel.force(true);
    }
  }

  /** Makes the move itself outlast a power cut, where the file system lets a folder be opened. */
  private void forceFolder() {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      LOG.debug("cannot force {} to the disk", folder, e);
    }
  }

  /**
   * The names of services are safe in a path. Capitals get a {@code +} before them, so that two
   * names stay apart where the file system ignores case.
   */
  private Path file(String service) {
    StringBuilder name = new StringBuilder();
    for (int i = 0; i < service.length(); i++) {
      char character = service.charAt(i);
      if (character >= 'A' && character <= 'Z') {
        name.append('+').append(Character.toLowerCase(character));
      } else {
        name.append(character);
      }
    }
    return folder.resolve(name.append(".snapshot").toString());
  }
}

package io.holdfast.registry.internal.disk;

import io.holdfast.registry.ServiceSnapshot;
import io.holdfast.registry.internal.format.InstanceJson.MalformedException;
import io.holdfast.spi.ChecksummedFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder with one {@link SnapshotFile} for each service.
 *
 * <p>What goes wrong is logged and costs the cache only. Blocks for the disk.
 */
public final class DiskCache {

  private static final Logger LOG = LoggerFactory.getLogger(DiskCache.class);

  private final Path folder;

  public DiskCache(Path folder) {
    this.folder = folder;
  }

  /** What an earlier run has left; empty if there is nothing, or nothing that can be trusted. */
  Optional<ServiceSnapshot> read(String service) {
    ChecksummedFile file = file(service);
    try {
      Optional<byte[]> body = file.read();
      return body.isEmpty()
          ? Optional.empty()
          : Optional.of(SnapshotFile.decode(service, body.get()));
    } catch (MalformedException | IOException e) {
      LOG.warn("not using the snapshot {}: {}", file, e.getMessage());
      return Optional.empty();
    }
  }

  /** Replaces what is there. */
  void write(ServiceSnapshot snapshot) {
    ChecksummedFile file = file(snapshot.service());
    try {
      file.replace(SnapshotFile.encode(snapshot));
    } catch (IOException e) {
      LOG.warn("cannot write the snapshot {}: {}", file, e.toString());
    }
  }

  /**
   * The names of services are safe in a path. Capitals get a {@code +} before them, so that two
   * names stay apart where the file system ignores case.
   */
  private ChecksummedFile file(String service) {
    StringBuilder name = new StringBuilder();
    for (int i = 0; i < service.length(); i++) {
      char character = service.charAt(i);
      if (character >= 'A' && character <= 'Z') {
        name.append('+').append(Character.toLowerCase(character));
      } else {
        name.append(character);
      }
    }
    return new ChecksummedFile(
        folder.resolve(name.append(".snapshot").toString()),
        SnapshotFile.FORMAT,
        SnapshotFile.LARGEST);
  }
}

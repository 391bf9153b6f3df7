package io.holdfast.spi.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was made from some files, made again when one of them has changed.
 *
 * <p>While a rotation is half done the files may not fit together; then the former stays in use.
 */
final class Reloading<T> {

  private static final Logger LOG = LoggerFactory.getLogger(Reloading.class);

  private final List<Path> files;
  private final Supplier<T> maker;

  /** Guarded by this. */
  private List<String> stamps;

  /** Guarded by this. */
  private T latest;

  Reloading(List<Path> files, Supplier<T> maker) {
    this.files = List.copyOf(files);
    this.maker = maker;
    this.stamps = stamp();
    this.latest = maker.get();
  }

  /** The one that fits the files as they are now. */
  synchronized T get() {
    List<String> now = stamp();
    if (!now.equals(stamps)) {
      try {
        latest = maker.get();
        stamps = now;
        LOG.info("read {} again", files);
      } catch (IllegalArgumentException e) {
        LOG.warn(
            "{} have changed and cannot be used, keeping the former: {}", files, e.getMessage());
      }
    }
    return latest;
  }

  /** The one in use, whatever the files are now. */
  synchronized T latest() {
    return latest;
  }

  private List<String> stamp() {
    List<String> found = new ArrayList<>();
    for (Path file : files) {
      try {
        found.add(Files.getLastModifiedTime(file) + " " + Files.size(file));
      } catch (IOException e) {
        found.add("");
      }
    }
    return found;
  }
}

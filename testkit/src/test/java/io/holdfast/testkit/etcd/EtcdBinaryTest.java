package io.holdfast.testkit.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EtcdBinaryTest {

  private static void fake(Path folder, String name, String output) throws IOException {
    Files.createDirectories(folder);
    Path file = folder.resolve(name);
    Files.writeString(file, "#!/bin/sh\necho '" + output + "'\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void in_serverAndClient_tellsTheVersion(@TempDir Path folder) throws IOException {
    fake(folder, "etcd", "etcd Version: 3.5.16");
    fake(folder, "etcdctl", "");

    EtcdBinary binary = EtcdBinary.in(folder).orElseThrow();

    assertThat(binary.version()).isEqualTo("3.5.16");
    assertThat(binary.etcdctl()).contains(folder.resolve("etcdctl"));
  }

  @Test
  void in_somethingElseNamedEtcd_isNotTaken(@TempDir Path folder) throws IOException {
    fake(folder, "etcd", "no such thing");

    assertThat(EtcdBinary.in(folder)).isEmpty();
    assertThat(EtcdBinary.in(folder.resolve("missing"))).isEmpty();
  }

  @Test
  void cached_severalVersions_takesTheNewest(@TempDir Path cache) throws IOException {
    String arch = System.getProperty("os.arch");
    fake(cache.resolve("3.5.9-" + arch), "etcd", "etcd Version: 3.5.9");
    fake(cache.resolve("3.5.16-" + arch), "etcd", "etcd Version: 3.5.16");
    fake(cache.resolve("3.6.0-other"), "etcd", "etcd Version: 3.6.0");

    assertThat(EtcdBinary.cached(cache).orElseThrow().version()).isEqualTo("3.5.16");
  }

  @Test
  void compareVersions_twoDigits_areNumbers() {
    assertThat(EtcdBinary.compareVersions("3.5.16", "3.5.9")).isPositive();
    assertThat(EtcdBinary.compareVersions("3.4.34", "3.5.0")).isNegative();
  }
}

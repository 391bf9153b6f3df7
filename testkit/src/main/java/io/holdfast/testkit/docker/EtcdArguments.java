package io.holdfast.testkit.docker;

import java.util.List;
import java.util.stream.Collectors;

/** The command line of an etcd server in a container. */
final class EtcdArguments {

  private EtcdArguments() {}

  /** For server {@code i} of those with these host names. */
  static String[] of(List<String> names, int i) {
    String name = names.get(i);
    String cluster =
        names.stream()
            .map(each -> each + "=http://" + each + ":2380")
            .collect(Collectors.joining(","));
    return new String[] {
      "/usr/local/bin/etcd",
      "--name=" + name,
      "--data-dir=/data",
      "--unsafe-no-fsync",
      "--listen-client-urls=http://0.0.0.0:2379",
      "--advertise-client-urls=http://" + name + ":2379",
      "--listen-peer-urls=http://0.0.0.0:2380",
      "--initial-advertise-peer-urls=http://" + name + ":2380",
      "--initial-cluster=" + cluster,
      "--initial-cluster-state=new"
    };
  }
}

package io.holdfast.chaos.workload;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a client process is told.
 *
 * @param client which client it is
 * @param process which incarnation of it, as noted in the history
 * @param uri the cluster
 * @param register where the {@link RegisterServer} is
 * @param seed of what it wishes for
 * @param session the session time-out
 * @param history where it notes what it does
 * @param until it ends once this file is there
 * @param workloads what it does, at least one
 */
public record ClientSettings(
    String client,
    String process,
    String uri,
    InetSocketAddress register,
    long seed,
    Duration session,
    Path history,
    Path until,
    Set<Workload> workloads) {

  public ClientSettings {
    workloads = EnumSet.copyOf(workloads);
  }

  public List<String> toArguments() {
    return List.of(
        client,
        process,
        uri,
        register.getAddress().getHostAddress(),
        Integer.toString(register.getPort()),
        Long.toString(seed),
        session.toString(),
        history.toString(),
        until.toString(),
        workloads.stream().map(Workload::name).collect(Collectors.joining(",")));
  }

  static ClientSettings parse(List<String> arguments) {
    return new ClientSettings(
        arguments.get(0),
        arguments.get(1),
        arguments.get(2),
        new InetSocketAddress(arguments.get(3), Integer.parseInt(arguments.get(4))),
        Long.parseLong(arguments.get(5)),
        Duration.parse(arguments.get(6)),
        Path.of(arguments.get(7)),
        Path.of(arguments.get(8)),
        Stream.of(arguments.get(9).split(",", -1))
            .map(Workload::valueOf)
            .collect(Collectors.toCollection(() -> EnumSet.noneOf(Workload.class))));
  }
}

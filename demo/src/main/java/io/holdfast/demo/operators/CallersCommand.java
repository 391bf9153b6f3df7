package io.holdfast.demo.operators;

import picocli.CommandLine.Command;

/** {@code holdfast callers}. */
@Command(
    name = "callers",
    description = {
      "Who may call the payment cluster: names, roles, API keys.",
      "Kept in the coordination cluster; every node knows of a change within milliseconds, and one"
          + " that is out of touch serves no shard for longer than its session's time-out."
    },
    mixinStandardHelpOptions = true,
    subcommands = {
      ListCallers.class,
      AddCaller.class,
      RotateCaller.class,
      RevokeCaller.class,
      ReinstateCaller.class
    })
public final class CallersCommand {}

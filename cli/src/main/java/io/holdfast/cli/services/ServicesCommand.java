package io.holdfast.cli.services;

import io.holdfast.cli.kubernetes.PublishCommand;
import io.holdfast.cli.render.RenderServices;
import picocli.CommandLine.Command;

/** {@code holdfast services}. */
@Command(
    name = "services",
    description = "Which services there are, and where their instances run.",
    mixinStandardHelpOptions = true,
    subcommands = {
      ListServices.class,
      ShowService.class,
      WatchService.class,
      RegisterInstance.class,
      DrainInstance.class,
      OverrideStatus.class,
      ClearOverride.class,
      DeregisterInstance.class,
      RenderServices.class,
      PublishCommand.class
    })
public final class ServicesCommand {}

package io.holdfast.cli.config;

import picocli.CommandLine.Command;

/** {@code holdfast config}. */
@Command(
    name = "config",
    description = "The settings of applications, their history and their secrets.",
    mixinStandardHelpOptions = true,
    subcommands = {
      ListSettings.class,
      GetSetting.class,
      SetSetting.class,
      DeleteSetting.class,
      EditSetting.class,
      ShowHistory.class,
      WatchGroup.class,
      RollBack.class,
      EncryptAnew.class,
      NewKey.class
    })
public final class ConfigCommand {}

/** Child processes: servers that are started, killed, paused and never left behind; commands. */
@NullMarked
package io.holdfast.testkit.process;

import org.jspecify.annotations.NullMarked;

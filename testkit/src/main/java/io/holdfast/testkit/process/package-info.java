/** Servers as child processes: started, killed, paused, and never left behind. */
@NullMarked
package io.holdfast.testkit.process;

import org.jspecify.annotations.NullMarked;

package probe

import "testing"

func TestAttention(t *testing.T) {
	for text, want := range map[string]string{
		"klipper printing":                  "",
		"klipper idle err=Filament_runout":  "",
		"klipper paused":                    "other",
		"klipper error":                     "error",
		"klipper paused err=MCU_is_too_hot": "error",
		"bambu paused sub=Paused_By_User":   "user_pause",
		"bambu error err=Error:_Printing_was_paused_by_the_user._Resume_it.":                 "user_pause",
		"bambu error err=Error:_Printing_was_cancelled_by_the_user.":                         "other",
		"bambu paused sub=Paused_By_Gcode":                                                   "other",
		"bambu error sub=Filament_Runout":                                                    "filament",
		"bambu error sub=Changing_Filament err=Error:_Error":                                 "filament",
		"bambu error err=AMS_filament_ran_out":                                               "filament",
		"bambu error sub=Inspecting_First_Layer err=Print_Failure_Detected":                  "failure_detected",
		"bambu error err=Error:_A_filament_pile-up_was_detected_by_the_AI_Print_Monitoring.": "failure_detected",
		"bambu error err=The_nozzle_is_clogged_with_filament":                                "error",
		"bambu paused err=Printing_was_paused_for_unknown_reason.":                           "other",
		"bambu error err=Print_failure_detected":                                             "failure_detected",
		"bambu error sub=Nozzle_Filament_Covered_Detected":                                   "failure_detected",
		"bambu error err=Purged_filament_has_piled_up_in_the_waste_chute.":                   "failure_detected",
		"bambu error err=Printing_paused_due_to_the_pause_command_added_to_the_file.":        "other",
		"bambu paused err=The_print_was_recovered_after_a_power_loss.":                       "error",
		"bambu error err=Error:_Error":                                                       "error",
		"cc2 error sub=Emergency_Stop err=Printer_Error":                                     "error",
		"prusa error sub=Printer_Error err=Printer_Error":                                    "error",
	} {
		r := parseReading(text)
		if got := r.Attention().String(); got != want {
			t.Errorf("%s: %q, not %q", text, got, want)
		}
	}
}

@echo off
rem Checks every file of this copy against SHA256SUMS: open it, or type verify.cmd
rem Ends with 0 if the copy is whole, 1 if files are damaged or missing, 2 if it cannot be checked.
rem What follows the mark is PowerShell, which every Windows since 7 has; nothing is installed or changed.
setlocal disabledelayedexpansion
set "OCW_SELF=%~f0"
powershell -NoProfile -ExecutionPolicy Bypass -Command "$t = [IO.File]::ReadAllText($env:OCW_SELF); Invoke-Expression $t.Substring($t.IndexOf('#' + 'BEGIN'))"
set "OCW_RESULT=%errorlevel%"
if "%~1"=="" pause
exit /b %OCW_RESULT%
#BEGIN
$root = [IO.Path]::GetDirectoryName($env:OCW_SELF)
$list = [IO.Path]::Combine($root, 'SHA256SUMS')
if (-not [IO.File]::Exists($list)) {
  Write-Host 'SHA256SUMS is missing: this copy cannot be checked.'
  exit 2
}
$lines = [IO.File]::ReadAllLines($list, [Text.Encoding]::UTF8)
$listed = New-Object 'Collections.Generic.HashSet[string]' ([StringComparer]::OrdinalIgnoreCase)
$hasher = New-Object Security.Cryptography.SHA256Managed
$damaged = 0; $missing = 0; $wrong = 0; $seen = 0; $shown = -1
foreach ($line in $lines) {
  $seen++
  if ($line -notmatch '^([0-9a-f]{64}) [ *](?:\./)?(.+)$') { $wrong++; continue }
  $sum = $Matches[1]; $name = $Matches[2]
  $file = [IO.Path]::Combine($root, $name.Replace('/', '\'))
  [void]$listed.Add($file)
  if (-not [IO.File]::Exists($file)) { $missing++; Write-Host "missing: $name"; continue }
  try {
    $stream = [IO.File]::OpenRead($file)
    try { $found = [BitConverter]::ToString($hasher.ComputeHash($stream)).Replace('-', '') }
    finally { $stream.Close() }
  } catch { $found = 'unreadable' }
  if ($found -ne $sum) { $damaged++; Write-Host "damaged: $name" }
  $percent = [Math]::Floor($seen * 100 / $lines.Length)
  if ($percent -gt $shown) {
    $shown = $percent
    Write-Progress -Activity 'Checking this copy' -Status "$seen of $($lines.Length) files" -PercentComplete $shown
  }
}
$extra = 0
Get-ChildItem -LiteralPath $root -Recurse -Force -ErrorAction SilentlyContinue | ForEach-Object {
  if (-not $_.PSIsContainer -and -not $listed.Contains($_.FullName)) { $extra++ }
}
foreach ($own in 'SHA256SUMS', 'SHA256SUMS.sig') {
  if ([IO.File]::Exists([IO.Path]::Combine($root, $own))) { $extra-- }
}
Write-Host "$($lines.Length) files listed, $damaged damaged, $missing missing, $extra not listed."
if ($wrong -gt 0 -or $lines.Length -eq 0) {
  Write-Host "SHA256SUMS itself is damaged: $wrong of its lines could not be checked."
  exit 1
}
if ($damaged + $missing -gt 0) {
  Write-Host 'This copy is NOT whole.'
  exit 1
}
Write-Host 'This copy is whole.'
exit 0

@echo off
rem Brings a drive up to date from this stick, without a network: update.cmd E:\
rem After a cut run it again. The drive's SHA256SUMS is replaced last, so that the update can tell where it is.
setlocal
chcp 65001 >nul
set "stick=%~dp0"
if "%~1"=="" echo Say where the drive is, as in: update.cmd E:\& exit /b 2
rem A dot at the end keeps a backslash before it from hiding the quotation mark after it.
set "drive=%~f1\."

fc /b "%drive%\SHA256SUMS" "%stick%old.SHA256SUMS" >nul 2>nul && goto copy
fc /b "%drive%\SHA256SUMS" "%stick%files\SHA256SUMS" >nul 2>nul && goto copy
echo This drive holds another version than the one that the update is for. Nothing was changed.
exit /b 2

:copy
echo copying
robocopy "%stick%files" "%drive%" /E /COPY:DAT /XF "%stick%files\SHA256SUMS" /R:1 /W:1 /NFL /NDL /NJH /NJS
if errorlevel 8 exit /b 1
for /f "usebackq eol=| delims=" %%f in ("%stick%delete.cmd.txt") do if exist "%drive%\%%f" del /f /q "%drive%\%%f"
copy /b /y "%stick%files\SHA256SUMS" "%drive%\SHA256SUMS" >nul || exit /b 1

echo checking the drive
call "%drive%\verify.cmd"
